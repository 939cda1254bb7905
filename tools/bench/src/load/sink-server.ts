import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What HTTP costs that does nothing: reads every body and answers. Answers its first order with its port. */
process.once('message', () => {
  const server = createServer((request, response) => {
    request.on('data', () => undefined);
    request.on('end', () => response.writeHead(200, { 'content-length': 2 }).end('{}'));
  });
  server.listen(0, '127.0.0.1', () => process.send?.({ answer: (server.address() as AddressInfo).port }));
});
