/** What a broker of one node is told. */
export interface BrokerProperties {
  readonly port: number;
  readonly controllerPort: number;
  readonly folder: string;
  /** Ask clients for this user and password (SASL/PLAIN) on an encrypted connection with this certificate. */
  readonly secured?: {
    readonly user: string;
    readonly password: string;
    /** Path of its PEM; certificate and key together stand in `keystore.pem` of the folder. */
    readonly certificate: string;
  };
}

/** `server.properties` of a KRaft broker that is its own controller. */
export function brokerProperties({ port, controllerPort, folder, secured }: BrokerProperties): string {
  const name = secured === undefined ? 'PLAINTEXT' : 'SASL_SSL';
  const properties: Record<string, string | number> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `${name}://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `${name}://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': name,
    'listener.security.protocol.map': `${name}:${name},CONTROLLER:PLAINTEXT`,
    'log.dirs': `${folder}/data`,
    // One node: Kafka's own topics must not ask for three.
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    // After a kill the broker is taken back when its session is over.
    'broker.session.timeout.ms': 3000,
    'broker.heartbeat.interval.ms': 500,
    'auto.create.topics.enable': 'false',
    'group.initial.rebalance.delay.ms': 0,
    'transaction.abort.timed.out.transaction.cleanup.interval.ms': 2000,
    'num.network.threads': 2,
    'num.io.threads': 2,
    'log.segment.bytes': 64 << 20,
    'log.cleaner.dedupe.buffer.size': 16 << 20,
  };
  if (secured !== undefined) {
    const { user, password, certificate } = secured;
    const login = `org.apache.kafka.common.security.plain.PlainLoginModule required username="${user}" password="${password}" user_${user}="${password}";`;
    Object.assign(properties, {
      'sasl.enabled.mechanisms': 'PLAIN',
      'sasl.mechanism.inter.broker.protocol': 'PLAIN',
      'listener.name.sasl_ssl.plain.sasl.jaas.config': login,
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': `${folder}/keystore.pem`,
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.location': certificate,
      'ssl.endpoint.identification.algorithm': '',
    });
  }
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
