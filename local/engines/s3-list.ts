import type { AwsResponse } from './engine.ts';
import type { ObjectMeta, ObjectShelf } from './s3-shelf.ts';
import { escapeXml, xmlResponse } from './wire.ts';

const LONGEST_PAGE = 1000;

interface Row {
  /** What orders the rows and makes the continuation token: the key, or the common prefix. */
  name: string;
  meta?: ObjectMeta;
}

/** The objects as rows; those that share the part up to the next delimiter make one row. */
const toRows = (objects: ObjectMeta[], prefix: string, delimiter: string): Row[] => {
  const rows = new Map<string, Row>();
  for (const meta of objects) {
    const end = delimiter === '' ? -1 : meta.key.indexOf(delimiter, prefix.length);
    const name = end < 0 ? meta.key : meta.key.slice(0, end + delimiter.length);
    rows.set(name, end < 0 ? { name, meta } : { name });
  }
  return [...rows.values()];
};

const isAfter = (name: string, start: string): boolean => Buffer.compare(Buffer.from(name), Buffer.from(start)) > 0;

/** One page of a bucket, in ListObjectsV2's XML. */
export function listObjects(shelf: ObjectShelf, bucket: string, query: URLSearchParams): AwsResponse {
  const prefix = query.get('prefix') ?? '';
  const token = query.get('continuation-token');
  const start = token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString();
  const size = Math.min(Number(query.get('max-keys') ?? LONGEST_PAGE), LONGEST_PAGE);
  const rows = toRows(shelf.list(prefix), prefix, query.get('delimiter') ?? '').filter(({ name }) =>
    isAfter(name, start),
  );
  const shown = rows.slice(0, size);
  const last = rows.length > size ? shown.at(-1) : undefined;
  const isEncoded = query.get('encoding-type') === 'url';
  const write = (text: string) => escapeXml(isEncoded ? encodeURIComponent(text).replaceAll('%2F', '/') : text);
  const tag = (name: string, value: string | number) => `<${name}>${value}</${name}>`;
  const contents = ({ name, meta }: Row) =>
    meta
      ? `<Contents><Key>${write(name)}</Key><LastModified>${new Date(meta.modified).toISOString()}</LastModified>` +
        `<ETag>${escapeXml(meta.etag)}</ETag><Size>${meta.size}</Size><StorageClass>STANDARD</StorageClass></Contents>`
      : `<CommonPrefixes><Prefix>${write(name)}</Prefix></CommonPrefixes>`;
  return xmlResponse(
    [
      '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
      tag('Name', escapeXml(bucket)),
      tag('Prefix', write(prefix)),
      tag('KeyCount', shown.length),
      tag('MaxKeys', size),
      tag('IsTruncated', String(last !== undefined)),
      isEncoded ? tag('EncodingType', 'url') : '',
      last ? tag('NextContinuationToken', Buffer.from(last.name).toString('base64url')) : '',
      ...shown.map(contents),
      '</ListBucketResult>',
    ].join(''),
  );
}
