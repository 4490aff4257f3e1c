/** From what an ItemReader says to the source of its items. */
import type { ReaderOrder } from '../../execution/maprun-order.ts';
import type { Place } from '../../ground/arn.ts';
import type { JsonObject } from '../../ground/json.ts';
import type { ObjectRef, ObjectStore } from '../ports/objects.ts';
import { csvOptions, csvRecords } from './csv.ts';
import { jsonItems } from './json.ts';
import { jsonLines } from './jsonl.ts';
import { listedContents, listedObjects } from './listing.ts';
import { athenaData, inventory } from './manifest.ts';
import { parquetRows } from './parquet.ts';
import { type ItemSource, ItemsError } from './source.ts';

/** Throws ItemsError where the reader cannot be used as it is. */
export function openItems(reader: ReaderOrder, objects: ObjectStore, place: Place): ItemSource {
  const { action, config, maxItems } = reader;
  if (maxItems !== undefined && maxItems < 0) {
    throw new ItemsError('field MaxItems must be positive');
  }
  const found = parametersOf(reader, place);
  const open = (ref: ObjectRef): ItemSource => openObject(objects, ref, config);
  if (action === 'getObject') {
    if (found.key === '') throw new ItemsError("The field 'Key' of the ItemReader is missing.");
    return withSource(openFile(objects, found, config, open), `S3://${found.bucket}/${found.key}`);
  }
  const listed = { place: found, prefix: text(reader.parameters, 'Prefix') ?? '' };
  return config.Transformation === 'LOAD_AND_FLATTEN'
    ? listedContents(objects, listed, open)
    : listedObjects(objects, listed);
}

const text = (parameters: JsonObject, name: string): string | undefined => {
  const value = parameters[name];
  return typeof value === 'string' ? value : undefined;
};

function parametersOf({ parameters }: ReaderOrder, { account, region }: Place): ObjectRef {
  const bucket = text(parameters, 'Bucket');
  if (!bucket) throw new ItemsError("The field 'Bucket' of the ItemReader is missing.");
  const versionId = text(parameters, 'VersionId');
  const owner = text(parameters, 'ExpectedBucketOwner');
  return {
    account,
    region,
    bucket,
    key: text(parameters, 'Key') ?? '',
    ...(versionId !== undefined && { versionId }),
    ...(owner !== undefined && { expectedBucketOwner: owner }),
  };
}

function openFile(
  objects: ObjectStore,
  ref: ObjectRef,
  config: JsonObject,
  open: (ref: ObjectRef) => ItemSource,
): ItemSource {
  const { InputType: type, ManifestType: manifest } = config;
  if (manifest === 'ATHENA_DATA') return athenaData(objects, ref, open);
  if (manifest === 'S3_INVENTORY' || type === 'MANIFEST') return inventory(objects, ref);
  return open(ref);
}

function openObject(objects: ObjectStore, ref: ObjectRef, config: JsonObject): ItemSource {
  switch (config.InputType) {
    case 'CSV':
      return csvRecords(objects, ref, csvOptions(config));
    case 'JSONL':
      return jsonLines(objects, ref);
    case 'PARQUET':
      return parquetRows(objects, ref);
    case 'JSON':
      return jsonItems(objects, ref, text(config, 'ItemsPointer'));
    default:
      throw new ItemsError(`The InputType '${String(config.InputType)}' cannot be read.`);
  }
}

/** Says of every item where it was read, where its source does not say so itself. */
function withSource(inner: ItemSource, source: string): ItemSource {
  return {
    async *read(position) {
      for await (const items of inner.read(position)) {
        yield items.map((item) => ({ source, ...item }));
      }
    },
  };
}
