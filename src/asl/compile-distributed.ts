/** The fields of a distributed Map that its Map Run works by. */
import type { JsonObject } from '../ground/json.ts';
import {
  dynamic,
  objectField,
  parameters,
  present,
  type Source,
  template,
} from './compile-fields.ts';
import type { DistributedMap, ItemBatcher, ItemReader, ResultWriter } from './machine.ts';
import { compileTemplate, literalTemplate } from './template.ts';

/** `source`: the Map state; `config`: the ProcessorConfig of its processor. */
export function compileDistributed(source: Source, config: JsonObject): DistributedMap {
  const reader = within(source, 'ItemReader');
  const batcher = within(source, 'ItemBatcher');
  const writer = within(source, 'ResultWriter');
  return present<DistributedMap>({
    executionType: (config.ExecutionType as DistributedMap['executionType']) ?? 'STANDARD',
    label: source.json.Label as string | undefined,
    itemReader: reader && compileReader(reader),
    itemBatcher: batcher && compileBatcher(batcher),
    resultWriter: writer && compileWriter(writer),
  });
}

function within(source: Source, field: string): Source | undefined {
  const json = objectField(source.json, field);
  return json && { ...source, json, prefix: `${source.prefix}${field}/` };
}

function compileReader(source: Source): ItemReader {
  const { queryLanguage } = source;
  const given = within(source, 'ReaderConfig');
  const { MaxItems: _, MaxItemsPath: __, ...rest } = given?.json ?? {};
  const field = `${source.prefix}ReaderConfig`;
  return present<ItemReader>({
    action: String(source.json.Resource).endsWith(':listObjectsV2') ? 'listObjectsV2' : 'getObject',
    parameters: parameters(source),
    config:
      queryLanguage === 'JSONata'
        ? compileTemplate(rest, queryLanguage, field)
        : literalTemplate(rest, field),
    maxItems: given && dynamic<number>(given, 'MaxItems'),
  });
}

function compileBatcher(source: Source): ItemBatcher {
  return present<ItemBatcher>({
    itemsMax: dynamic<number>(source, 'MaxItemsPerBatch'),
    bytesMax: dynamic<number>(source, 'MaxInputBytesPerBatch'),
    batchInput: template(source, 'BatchInput'),
  });
}

function compileWriter(source: Source): ResultWriter {
  const config = objectField(source.json, 'WriterConfig') ?? {};
  const exports = source.json.Resource !== undefined;
  const transformation = config.Transformation as ResultWriter['transformation'] | undefined;
  return present<ResultWriter>({
    exports,
    parameters: parameters(source),
    transformation: transformation ?? (exports ? 'NONE' : 'COMPACT'),
    outputType: (config.OutputType as ResultWriter['outputType'] | undefined) ?? 'JSON',
  });
}
