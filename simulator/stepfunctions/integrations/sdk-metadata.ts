import type { Kernel } from '../../kernel/kernel.ts';
import type { Json } from '../json.ts';

/** What optimized integrations add to a service's answer. Header names and their order are as recorded. */
export const sdkMetadata = (
  kernel: Kernel,
  body: string,
  contentType: string,
  extra: Readonly<Record<string, string>> = {},
): { SdkHttpMetadata: Json; SdkResponseMetadata: Json } => {
  const requestId = kernel.uuid('states-request-id');
  const headers: Record<string, string> = {
    ...extra,
    'x-amzn-RequestId': requestId,
    Connection: 'keep-alive',
    'Content-Length': String(Buffer.byteLength(body)),
    Date: new Date(kernel.now()).toUTCString(),
    'Content-Type': contentType,
  };
  return {
    SdkHttpMetadata: {
      AllHttpHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
      HttpHeaders: headers,
      HttpStatusCode: 200,
    },
    SdkResponseMetadata: { RequestId: requestId },
  };
};
