import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { Access, AwsRequest, AwsResponse, Engine } from './engine.ts';
import { AwsError } from './engine.ts';
import { type CorsRule, corsHeadersFor, preflightResponse } from './s3-cors.ts';
import { listObjects } from './s3-list.ts';
import { getObject, objectHeaders, putObject } from './s3-objects.ts';
import { type ObjectShelf, openObjectShelf } from './s3-shelf.ts';
import { denialText, xmlFailure } from './wire.ts';

/** A bucket that is there from the start. */
interface BucketDefinition {
  name: string;
  /** The rules of the bucket's CorsConfiguration; no browser of another origin without. */
  cors?: readonly CorsRule[];
}

export interface S3Options {
  clock: Clock;
  buckets: readonly BucketDefinition[];
  /** Data folder; objects are kept below `s3/<bucket>/` in it. In memory without. */
  dir?: string;
}

/** An object as a web server needs it. */
interface StoredObject {
  body: Buffer;
  /** content-type, cache-control, etag, last-modified, x-amz-meta-*. */
  headers: Record<string, string>;
}

/** S3, path-style. */
export interface S3Engine extends Engine {
  /** An object, without asking for permission; undefined where there is none. */
  read(bucket: string, key: string): Promise<StoredObject | undefined>;
}

interface Place {
  bucket: string;
  key: string;
}

const operations: Record<string, string> = {
  'PUT key': 'PutObject',
  'GET key': 'GetObject',
  'HEAD key': 'HeadObject',
  'DELETE key': 'DeleteObject',
  'GET bucket': 'ListObjectsV2',
  'HEAD bucket': 'HeadBucket',
};

const actions: Record<string, string> = {
  PutObject: 's3:PutObject',
  GetObject: 's3:GetObject',
  HeadObject: 's3:GetObject',
  DeleteObject: 's3:DeleteObject',
  ListObjectsV2: 's3:ListBucket',
  HeadBucket: 's3:ListBucket',
};

/** Sub-resources that would make another operation of the same method and path. */
const subresources = ['acl', 'cors', 'delete', 'policy', 'tagging', 'uploads', 'uploadId', 'versioning', 'versionId'];

const placeOf = ({ path }: AwsRequest): Place => {
  const [, bucket = '', ...rest] = path.split('/');
  try {
    return { bucket: decodeURIComponent(bucket), key: decodeURIComponent(rest.join('/')) };
  } catch {
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.");
  }
};

const operationOf = (request: AwsRequest): string | undefined => {
  const isOther = subresources.some((name) => request.query.has(name)) || 'x-amz-copy-source' in request.headers;
  const isBucket = placeOf(request).key === '';
  return isOther ? undefined : operations[`${request.method} ${isBucket ? 'bucket' : 'key'}`];
};

const accessOf = (request: AwsRequest): Access[] => {
  const { bucket, key } = placeOf(request);
  const action = actions[request.operation ?? operationOf(request) ?? ''];
  if (action === undefined) return [];
  const resource = `arn:aws:s3:::${bucket}${key === '' ? '' : `/${key}`}`;
  const prefix = request.query.get('prefix');
  return [{ action, resource, ...(prefix === null ? {} : { context: { 's3:prefix': prefix } }) }];
};

const empty = (status: number, headers: Record<string, string> = {}): AwsResponse => ({ status, headers, body: '' });

type Answerer = (shelf: ObjectShelf, request: AwsRequest, place: Place) => Promise<AwsResponse>;

const createAnswerers = (clock: Clock): Record<string, Answerer> => ({
  PutObject: (shelf, request, { key }) => putObject(shelf, request, key, clock.now()),
  GetObject: (shelf, request, { key }) => getObject(shelf, request, key),
  // the door sends no body with HEAD
  HeadObject: (shelf, request, { key }) => getObject(shelf, request, key),
  DeleteObject: async (shelf, _, { key }) => {
    await shelf.remove(key);
    return empty(204);
  },
  ListObjectsV2: async (shelf, request, { bucket }) => listObjects(shelf, bucket, request.query),
  HeadBucket: async () => empty(200),
});

const openShelves = async ({ buckets, dir }: S3Options): Promise<Map<string, ObjectShelf>> => {
  const open = async ({ name }: BucketDefinition): Promise<[string, ObjectShelf]> => {
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) throw new Error(`${name} is no name for a bucket`);
    return [name, await openObjectShelf(dir === undefined ? undefined : join(dir, 's3', name))];
  };
  return new Map(await Promise.all(buckets.map(open)));
};

/** Starts S3 with the objects of its folder. */
export async function startS3(options: S3Options): Promise<S3Engine> {
  const shelves = await openShelves(options);
  const answerers = createAnswerers(options.clock);
  const corsOf = (request: AwsRequest): readonly CorsRule[] =>
    options.buckets.find(({ name }) => name === request.path.split('/')[1])?.cors ?? [];

  const handle = async (request: AwsRequest): Promise<AwsResponse> => {
    if (request.method === 'OPTIONS') return preflightResponse(corsOf(request), request);
    const place = placeOf(request);
    const shelf = shelves.get(place.bucket);
    if (!shelf) throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404);
    const answerer = answerers[request.operation ?? operationOf(request) ?? ''];
    if (answerer) return answerer(shelf, request, place);
    throw new AwsError('NotImplemented', `the local S3 does not play ${request.method} of this kind`, 501);
  };
  return {
    service: 's3',
    operationOf,
    access: accessOf,
    handle,
    denied: (access, principal) => xmlFailure(new AwsError('AccessDenied', denialText(access, principal), 403)),
    failure: xmlFailure,
    corsHeaders: (request) => corsHeadersFor(corsOf(request), request),
    async read(bucket, key) {
      const found = await shelves.get(bucket)?.read(key);
      return found && { body: found.body, headers: objectHeaders(found.meta) };
    },
    close: async () => undefined,
  };
}
