import { type Configuration, InvalidConfiguration } from '../../functions/core/configuration.ts';

/** Why `spillway.config.ts` cannot be used, with the line where Node names one; the message is the whole story. */
export class ConfigurationUnreadable extends Error {
  override readonly name = 'ConfigurationUnreadable';

  constructor(error: unknown) {
    const line = error instanceof Error ? /spillway\.config\.ts:(\d+)/.exec(error.stack ?? '')?.[1] : undefined;
    const reason = error instanceof Error ? error.message : String(error);
    super(`spillway.config.ts cannot be read${line ? ` (line ${line})` : ''}: ${reason}`, { cause: error });
  }
}

/**
 * The configuration, imported only now: a static import would end a command before it could say what is wrong.
 * @throws InvalidConfiguration, ConfigurationUnreadable
 */
export const readConfiguration = async (): Promise<Configuration> => {
  try {
    return (await import('../../spillway.config.ts')).default;
  } catch (error) {
    if (error instanceof InvalidConfiguration) throw error;
    throw new ConfigurationUnreadable(error);
  }
};

/** The configuration for a command: a mistake in it ends the program with its sentence and exit code 1. */
export const configurationOrExit = async (): Promise<Configuration> => {
  try {
    return await readConfiguration();
  } catch (error) {
    console.error((error as Error).message);
    process.exit(1);
  }
};
