import { Gauge, Counter, type Registry } from 'prom-client';
import type { Gateway } from './gateway.js';

/** Adds the gateway's metrics to those of the process; they are read when they are asked for. */
export function registerGatewayMetrics(metrics: Registry, gateway: Gateway): void {
  const registers = [metrics];
  new Gauge({
    name: 'hark_gateway_subscriptions',
    help: 'Subscriptions now, by channel; those of all replays together',
    labelNames: ['channel'],
    registers,
    collect: async function () {
      for (const [channel, { subscriptions }] of await gateway.hub.load())
        this.set({ channel }, subscriptions);
    },
  });
  new Gauge({
    name: 'hark_gateway_tail_lag_records',
    help: 'Records of a channel with subscriptions that its tail has not handed out yet',
    labelNames: ['channel'],
    registers,
    collect: async function () {
      for (const [channel, { lag }] of await gateway.hub.load()) this.set({ channel }, lag);
    },
  });
  new Counter({
    name: 'hark_gateway_messages_total',
    help: 'Messages sent to subscribers, by channel; those of all replays together',
    labelNames: ['channel'],
    registers,
    collect: function () {
      this.reset();
      for (const [channel, messages] of gateway.hub.messages) this.inc({ channel }, messages);
    },
  });
  new Gauge({
    name: 'hark_gateway_replays',
    help: 'Replays playing or paused',
    registers,
    collect: function () {
      this.set(gateway.replays.active);
    },
  });
  new Gauge({
    name: 'hark_gateway_lag_records',
    help: 'Records that an index of the gateway has not taken yet',
    labelNames: ['index'],
    registers,
    collect: async function () {
      for (const [index, lag] of Object.entries(await gateway.lag())) this.set({ index }, lag);
    },
  });
}
