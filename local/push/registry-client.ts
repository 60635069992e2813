import type { Blob } from './build-image.ts';

/** A registry that did not take what was pushed; the message is the whole story. */
export class PushFailed extends Error {
  override readonly name = 'PushFailed';
}

/** Pushes by the OCI distribution specification: blobs first, each only where it is missing, then the manifest by tag. */
export class RegistryClient {
  readonly #endpoint: string;
  readonly #fetch: typeof fetch;

  constructor(endpoint: string, fetcher: typeof fetch = fetch) {
    this.#endpoint = endpoint.replace(/\/$/, '');
    this.#fetch = fetcher;
  }

  /** @returns the bytes that had to be sent. @throws PushFailed */
  async putBlob(repository: string, blob: Blob): Promise<number> {
    const there = await this.#call(`/v2/${repository}/blobs/${blob.digest}`, { method: 'HEAD' });
    if (there.status === 200) return 0;
    if (there.status !== 404) throw await refused(`look for ${blob.digest}`, repository, there);

    const started = await this.#call(`/v2/${repository}/blobs/uploads/`, { method: 'POST' });
    if (started.status !== 202) throw await refused('start an upload', repository, started);
    // The place is the registry's to choose: relative or absolute, with a query of its own or without.
    const place = new URL(started.headers.get('location') ?? '', started.url || this.#endpoint);
    place.searchParams.set('digest', blob.digest);
    const stored = await this.#call(place.href, {
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream' },
      body: Buffer.from(blob.bytes),
    });
    if (stored.status !== 201) throw await refused(`take ${blob.digest}`, repository, stored);
    return blob.bytes.length;
  }

  /** @throws PushFailed */
  async putManifest(repository: string, tag: string, manifest: Blob): Promise<void> {
    const stored = await this.#call(`/v2/${repository}/manifests/${tag}`, {
      method: 'PUT',
      headers: { 'content-type': manifest.mediaType },
      body: Buffer.from(manifest.bytes),
    });
    if (stored.status !== 201) throw await refused(`take the manifest of ${tag}`, repository, stored);
  }

  async #call(path: string, init: RequestInit): Promise<Response> {
    try {
      return await this.#fetch(new URL(path, this.#endpoint), init);
    } catch (error) {
      throw new PushFailed(`No registry answers at ${this.#endpoint}. Is the local cloud running (npm start)?`, {
        cause: error,
      });
    }
  }
}

/** Registries answer `{ errors: [{ code, message }] }` (OCI distribution specification, error codes). */
const refused = async (what: string, repository: string, response: Response): Promise<PushFailed> => {
  const text = await response.text();
  let reason = text.trim().slice(0, 200);
  try {
    const [first] = (JSON.parse(text) as { errors: { code: string; message?: string }[] }).errors;
    if (first) reason = [first.code, first.message].filter(Boolean).join(': ');
  } catch {
    // Not in that form: its text says what there is to say.
  }
  return new PushFailed(
    `The registry did not ${what} in repository ${repository}: status ${response.status}${reason ? `, ${reason}` : ''}`,
  );
};
