import { AwsError } from '../cloud/aws-error.ts';
import type { HttpRequest, HttpResponse, HttpRoute } from '../front/http-message.ts';
import { digestOf, isDigest } from './digest.ts';
import type { EcrService } from './ecr-service.ts';
import type { Repository } from './model.ts';

/** A blob on its way: what has arrived of it. */
interface Upload {
  readonly repository: Repository;
  readonly chunks: Uint8Array[];
  size: number;
}

/** An error of the distribution specification. https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes */
class RegistryError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, status: number, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

const tagPattern = /^\w[\w.-]{0,127}$/;

/**
 * The registry as `docker push` and its kin see it: the OCI distribution specification on the port of the APIs. Any
 * credentials are taken, and none too, since a loopback registry needs no login.
 */
export const registryRoute = (service: EcrService): HttpRoute => {
  const registry = new Registry(service);
  return {
    matches: ({ path }) => path === '/v2' || path.startsWith('/v2/'),
    handle: (request) => registry.answer(request),
  };
};

class Registry {
  readonly #service: EcrService;
  readonly #uploads = new Map<string, Upload>();

  constructor(service: EcrService) {
    this.#service = service;
  }

  answer(request: HttpRequest): HttpResponse {
    try {
      return this.#route(request);
    } catch (error) {
      if (error instanceof RegistryError) return failure(error.status, error.code, error.message);
      if (error instanceof AwsError) return failureOfAws(error);
      throw error;
    }
  }

  #route(request: HttpRequest): HttpResponse {
    const { method } = request;
    const path = decodeURIComponent(request.path).replace(/\/$/, '');
    if (path === '/v2') return respond(200, '{}', { 'content-type': 'application/json' });
    if (path === '/v2/_catalog') return json({ repositories: [...this.#service.repositories.keys()].toSorted() });
    const match = /^\/v2\/(.+)\/(?:(blobs)\/(uploads)(?:\/([^/]+))?|(blobs|manifests)\/([^/]+)|(tags)\/list)$/.exec(
      path,
    );
    if (!match) throw new RegistryError('UNSUPPORTED', 404, `There is nothing at ${path}.`);
    const [, name = '', , uploads, uploadId, kind, reference = '', tags] = match;
    const repository = this.#service.repositories.get(name);
    if (!repository)
      throw new RegistryError(
        'NAME_UNKNOWN',
        404,
        `The repository with name '${name}' does not exist in the registry with id '${this.#service.ctx.accountId}'`,
      );
    if (uploads) return uploadId ? this.#upload(repository, uploadId, request) : this.#start(repository, request);
    if (tags && method === 'GET') return this.#tags(repository, request);
    if (kind === 'blobs' && (method === 'GET' || method === 'HEAD')) return this.#blob(repository, reference, request);
    if (kind === 'manifests') {
      if (method === 'GET' || method === 'HEAD') return this.#manifest(repository, reference);
      if (method === 'PUT') return this.#putManifest(repository, reference, request);
      if (method === 'DELETE') return this.#deleteManifest(repository, reference);
    }
    throw new RegistryError('UNSUPPORTED', 405, 'The operation is unsupported.');
  }

  // Blobs.

  #start(repository: Repository, { method, query, body }: HttpRequest): HttpResponse {
    if (method !== 'POST') throw new RegistryError('UNSUPPORTED', 405, 'The operation is unsupported.');
    const mounted = query.get('mount');
    const from = this.#service.repositories.get(query.get('from') ?? '');
    if (mounted && from?.blobs.has(mounted)) {
      repository.blobs.add(mounted);
      return created(`/v2/${repository.name}/blobs/${mounted}`, mounted);
    }
    const digest = query.get('digest');
    if (digest) return this.#finish(repository, body, digest);
    const id = this.#service.ctx.kernel.uuid('ecr-upload');
    this.#uploads.set(id, { repository, chunks: [], size: 0 });
    return this.#progress(202, id, repository, 0);
  }

  #upload(repository: Repository, id: string, request: HttpRequest): HttpResponse {
    const upload = this.#uploads.get(id);
    if (!upload || upload.repository !== repository)
      throw new RegistryError('BLOB_UPLOAD_UNKNOWN', 404, 'The upload is unknown: it has ended or never began.');
    switch (request.method) {
      case 'GET':
        return this.#progress(204, id, repository, upload.size);
      case 'PATCH':
        append(upload, request);
        return this.#progress(202, id, repository, upload.size);
      case 'PUT': {
        append(upload, request);
        this.#uploads.delete(id);
        return this.#finish(repository, Buffer.concat(upload.chunks), request.query.get('digest') ?? '');
      }
      case 'DELETE':
        this.#uploads.delete(id);
        return respond(204, '');
      default:
        throw new RegistryError('UNSUPPORTED', 405, 'The operation is unsupported.');
    }
  }

  #progress(status: number, id: string, repository: Repository, size: number): HttpResponse {
    return respond(status, '', {
      location: `/v2/${repository.name}/blobs/uploads/${id}`,
      'docker-upload-uuid': id,
      range: `0-${Math.max(0, size - 1)}`,
    });
  }

  #finish(repository: Repository, bytes: Uint8Array, digest: string): HttpResponse {
    if (!isDigest(digest) || digestOf(bytes) !== digest)
      throw new RegistryError('DIGEST_INVALID', 400, `The bytes do not have the digest '${digest}'.`);
    this.#service.putBlob(repository, new Uint8Array(bytes));
    return created(`/v2/${repository.name}/blobs/${digest}`, digest);
  }

  #blob(repository: Repository, digest: string, { method, headers }: HttpRequest): HttpResponse {
    const bytes = this.#service.blob(repository, digest);
    if (!bytes) throw new RegistryError('BLOB_UNKNOWN', 404, `The blob ${digest} is not in ${repository.name}.`);
    const common = { 'content-type': 'application/octet-stream', 'docker-content-digest': digest };
    const range = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '');
    if (range && method === 'GET') {
      const start = Number(range[1]);
      const end = range[2] ? Math.min(Number(range[2]), bytes.byteLength - 1) : bytes.byteLength - 1;
      if (start > end) throw new RegistryError('SIZE_INVALID', 416, 'The range lies outside of the blob.');
      return respond(206, bytes.subarray(start, end + 1), {
        ...common,
        'content-range': `bytes ${start}-${end}/${bytes.byteLength}`,
      });
    }
    return respond(200, bytes, { ...common, 'content-length': String(bytes.byteLength) });
  }

  // Manifests.

  #manifest(repository: Repository, reference: string): HttpResponse {
    const digest = isDigest(reference) ? reference : repository.imageTags.get(reference);
    const image = digest === undefined ? undefined : repository.images.get(digest);
    if (!image) throw new RegistryError('MANIFEST_UNKNOWN', 404, 'Requested image not found');
    return respond(200, image.manifest, {
      'content-type': image.mediaType,
      'docker-content-digest': image.digest,
      'content-length': String(image.manifest.byteLength),
    });
  }

  #putManifest(repository: Repository, reference: string, { body, headers }: HttpRequest): HttpResponse {
    const isByDigest = isDigest(reference);
    if (!isByDigest && !tagPattern.test(reference))
      throw new RegistryError('TAG_INVALID', 400, `'${reference}' is no tag.`);
    if (isByDigest && digestOf(body) !== reference)
      throw new RegistryError('DIGEST_INVALID', 400, `The manifest does not have the digest '${reference}'.`);
    const image = this.#service.putManifest(
      repository,
      body,
      headers['content-type'],
      isByDigest ? undefined : reference,
    );
    return created(`/v2/${repository.name}/manifests/${image.digest}`, image.digest);
  }

  #deleteManifest(repository: Repository, reference: string): HttpResponse {
    this.#service.deleteImage(repository, isDigest(reference) ? { imageDigest: reference } : { imageTag: reference });
    return respond(202, '');
  }

  #tags(repository: Repository, { query }: HttpRequest): HttpResponse {
    const after = query.get('last') ?? '';
    const all = [...repository.imageTags.keys()].toSorted().filter((tag) => tag > after);
    const tags = all.slice(0, Number(query.get('n') ?? all.length));
    const more: Record<string, string> =
      tags.length > 0 && tags.length < all.length
        ? { link: `</v2/${repository.name}/tags/list?n=${tags.length}&last=${tags.at(-1)}>; rel="next"` }
        : {};
    return json({ name: repository.name, tags }, more);
  }
}

/** Chunks that state their range must follow one another. */
const append = (upload: Upload, { headers, body }: HttpRequest): void => {
  const stated = /^(?:bytes )?(\d+)-(\d+)/.exec(headers['content-range'] ?? '');
  if (stated && Number(stated[1]) !== upload.size)
    throw new RegistryError('BLOB_UPLOAD_INVALID', 416, `The chunk must start at byte ${upload.size}.`);
  if (body.byteLength === 0) return;
  upload.chunks.push(body);
  upload.size += body.byteLength;
};

const respond = (
  status: number,
  body: Uint8Array | string,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse => ({
  status,
  headers: { 'docker-distribution-api-version': 'registry/2.0', ...headers },
  body,
});

const json = (value: unknown, headers: Readonly<Record<string, string>> = {}): HttpResponse =>
  respond(200, JSON.stringify(value), { 'content-type': 'application/json', ...headers });

const created = (location: string, digest: string): HttpResponse =>
  respond(201, '', { location, 'docker-content-digest': digest });

const failure = (status: number, code: string, message: string): HttpResponse =>
  respond(status, JSON.stringify({ errors: [{ code, message }] }), { 'content-type': 'application/json' });

/** The registry's own words for what the API calls otherwise. */
const failureOfAws = (error: AwsError): HttpResponse => {
  switch (error.code) {
    case 'LayersNotFoundException':
      return failure(404, 'MANIFEST_BLOB_UNKNOWN', error.message);
    case 'ReferencedImagesNotFoundException':
    case 'ImageNotFoundException':
      return failure(404, 'MANIFEST_UNKNOWN', error.message);
    case 'ImageTagAlreadyExistsException':
      return failure(400, 'TAG_INVALID', error.message);
    default:
      return failure(400, 'MANIFEST_INVALID', error.message);
  }
};
