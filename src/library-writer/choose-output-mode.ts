import type { MediaServer } from '../media-server/media-server.ts';
import { defaultOutputMode, type OutputMode } from './output-mode.ts';

/** The output mode that is configured, else the one that fits the media server. Throws `MEDIA_SERVER_*`. */
export async function chooseOutputMode(
  mediaServer: MediaServer,
  configured: OutputMode | null,
  signal: AbortSignal,
): Promise<OutputMode> {
  return configured ?? defaultOutputMode(await mediaServer.connect(signal));
}
