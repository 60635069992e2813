import { parseOptions } from './options.ts';

const parsed = parseOptions(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  error: (text) => process.stderr.write(text),
});
if ('exitCode' in parsed) {
  process.exitCode = parsed.exitCode;
} else {
  const interrupted = new AbortController();
  const insisted = new AbortController();
  let firstMs = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      firstMs ||= performance.now();
      interrupted.abort();
      // npm passes a Ctrl-C on that the terminal has sent already: what comes at once is no second one.
      if (performance.now() - firstMs > 500) insisted.abort();
    });
  }
  // Loaded only now: it takes the better part of a second, in which a Ctrl-C must be heard already.
  const { launch } = await import('./launch.ts');
  process.exit(await launch(parsed.options, { interrupted: interrupted.signal, insisted: insisted.signal }));
}
