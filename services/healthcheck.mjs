// Run by the container's health check: exit code 0 when the service answers GET /healthz with 200, else 1.
const host = process.env.HOST ?? '127.0.0.1';
const port = process.env.PORT ?? '8080';
try {
  // 0.0.0.0 is an address to listen on, not one to call.
  const response = await fetch(`http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}/healthz`, {
    signal: AbortSignal.timeout(4_000),
  });
  if (!response.ok) console.error(`healthz answered ${response.status}: ${await response.text()}`);
  process.exitCode = response.ok ? 0 : 1;
} catch (error) {
  console.error(`healthz did not answer: ${error.message}`);
  process.exitCode = 1;
}
