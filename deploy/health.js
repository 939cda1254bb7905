// Exit 0 when every port in HARK_HEALTH_PORTS (by default the gateway's) says that it is ready.
const ports = (process.env.HARK_HEALTH_PORTS ?? '3000').split(',');
const answers = await Promise.all(
  ports.map((port) =>
    fetch(`http://127.0.0.1:${port}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    ),
  ),
);
process.exit(answers.every(Boolean) ? 0 : 1);
