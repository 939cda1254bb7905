import { WebSocketServer } from 'ws';
import type { AddressInfo } from 'node:net';

/** What a WebSocket costs that does nothing: says every message back. Answers its first order with its port. */
process.once('message', () => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  server.on('listening', () => process.send?.({ answer: (server.address() as AddressInfo).port }));
  server.on('connection', (socket) => {
    socket.on('message', (data) => socket.send(data, { binary: false }));
  });
});
