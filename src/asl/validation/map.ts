/** Checks of what only a Map state has: processor configuration, reader, batcher, writer, label. */
import { LABEL_LENGTH_MAX } from '../limits.ts';
import type { Context } from './context.ts';
import { singlePath } from './path.ts';
import { has, items, member, members, type Spot, textOf } from './report.ts';
import { atMostOne, isList, isObject, onlyKnown, requireAll, unsupported } from './shape.ts';
import { template } from './template.ts';
import { type Check, integer, oneOf, orExpression, text } from './value.ts';

const executionType = oneOf('STANDARD', 'EXPRESS');
const mode = oneOf('INLINE', 'DISTRIBUTED');

export function processorConfig(spot: Spot, context: Context): void {
  const { report } = context;
  if (!isObject(report, spot)) return;
  onlyKnown(report, spot, ['Mode', 'ExecutionType']);
  const modeSpot = member(spot, 'Mode');
  if (modeSpot) mode(modeSpot, context);
  const typeSpot = member(spot, 'ExecutionType');
  if (textOf(spot, 'Mode') === 'DISTRIBUTED') {
    requireAll(report, spot, ['ExecutionType']);
    if (typeSpot) executionType(typeSpot, context);
    if (context.machineType === 'EXPRESS') {
      report.error(
        modeSpot!,
        "The field 'Mode' with value 'DISTRIBUTED' is not supported inside 'EXPRESS' state machines",
      );
    }
  } else if (typeSpot) unsupported(report, { ...spot, node: typeSpot.node }, 'ExecutionType');
}

/** Characters that names may not have. Source: API reference, Name. */
const FORBIDDEN = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f\ufffe\uffff\ud800-\udfff]/;

export const label: Check = (spot, context) => {
  const { report } = context;
  if (spot.node.kind !== 'string') {
    text(spot, context);
    return;
  }
  const { value } = spot.node;
  if (value.length > LABEL_LENGTH_MAX) {
    const limit = `exceeds the ${LABEL_LENGTH_MAX}-character limit allowed by the service`;
    report.error(spot, `Invalid Label name: '${value}' ${limit}`, 'INVALID_LABEL_NAME');
  } else if (value === '' || FORBIDDEN.test(value)) {
    report.error(spot, `Invalid Label name: '${value}'`, 'INVALID_LABEL_NAME');
  }
};

/** `…:s3:getObject` and `…:s3:listObjectsV2` read, `…:s3:putObject` writes. */
function resourceOf(pattern: RegExp): Check {
  return (spot, context) => {
    if (spot.node.kind !== 'string') text(spot, context);
    else if (!pattern.test(spot.node.value)) {
      context.report.error(spot, "The field 'Resource' does not match any of the allowed values");
    }
  };
}

const readerResource = resourceOf(/^arn:[^:]+:states:::s3:(getObject|listObjectsV2)$/);
const writerResource = resourceOf(/^arn:[^:]+:states:::s3:putObject$/);

type Fields = Readonly<Record<string, Check>>;

function checkFields(spot: Spot, context: Context, fields: Fields): void {
  for (const { key, spot: value } of members(spot)) {
    if (Object.hasOwn(fields, key)) fields[key]!(value, context);
    else unsupported(context.report, { ...spot, node: value.node }, key);
  }
}

/** Parameters in JSONPath, Arguments in JSONata; the other one is refused at its own place. */
function checkInput(spot: Spot, context: Context): void {
  const [mine, other] =
    context.language === 'JSONata' ? ['Arguments', 'Parameters'] : ['Parameters', 'Arguments'];
  const own = member(spot, mine!);
  if (own) template(own, context);
  const wrong = member(spot, other!);
  if (wrong) {
    const only = context.language === 'JSONata' ? 'JSONPath' : 'JSONata';
    context.report.error(
      wrong,
      `The QueryLanguage is set to '${context.language}', but field '${other}' is only supported ` +
        `for the '${only}' QueryLanguage`,
    );
  }
}

const elsewhere: Check = () => {};

export const itemReader: Check = (spot, context) => {
  const { report } = context;
  if (!isObject(report, spot)) return;
  requireAll(report, spot, ['Resource']);
  checkFields(spot, context, {
    Comment: text,
    Resource: readerResource,
    ReaderConfig: readerConfig,
    Parameters: elsewhere,
    Arguments: elsewhere,
  });
  checkInput(spot, context);
};

/** The text begins with `/` and has no `~` but those that stand for `~` and `/`. */
const JSON_POINTER = /^(?:\/(?:[^~/]|~[01])*)*$/;

const pointer: Check = (spot, context) => {
  if (spot.node.kind !== 'string') text(spot, context);
  else if (!JSON_POINTER.test(spot.node.value)) {
    context.report.error(spot, 'Value must be a valid JSONPointer');
  }
};

const READER_CONFIG: Fields = {
  InputType: orExpression(oneOf('CSV', 'JSON', 'JSONL', 'PARQUET', 'MANIFEST')),
  Transformation: orExpression(oneOf('NONE', 'LOAD_AND_FLATTEN')),
  ManifestType: orExpression(oneOf('ATHENA_DATA', 'S3_INVENTORY')),
  CSVDelimiter: orExpression(oneOf('COMMA', 'PIPE', 'SEMICOLON', 'SPACE', 'TAB')),
  CSVHeaderLocation: orExpression(oneOf('FIRST_ROW', 'GIVEN')),
  CSVHeaders: headers,
  ItemsPointer: orExpression(pointer),
  MaxItems: orExpression(integer({ min: 0 })),
  MaxItemsPath: singlePath,
};

/** The input types that a field goes with; an input type that is an expression is let be. */
const GOES_WITH: Readonly<Record<string, readonly string[]>> = {
  CSVHeaderLocation: ['CSV', 'MANIFEST'],
  CSVHeaders: ['CSV', 'MANIFEST'],
  ItemsPointer: ['JSON'],
};
const INPUT_TYPES: readonly string[] = ['CSV', 'JSON', 'JSONL', 'PARQUET', 'MANIFEST'];

/** Rules between the fields. Measured: which of them AWS has; not their wording. */
function readerConfig(spot: Spot, context: Context): void {
  const { report } = context;
  if (!isObject(report, spot)) return;
  checkFields(spot, context, READER_CONFIG);
  atMostOne(report, spot, ['MaxItems', 'MaxItemsPath']);
  const inputType = textOf(spot, 'InputType') ?? '';
  const manifest = textOf(spot, 'ManifestType');
  if (inputType === 'CSV' && !has(spot, 'CSVHeaderLocation')) {
    report.error(spot, "The field 'CSVHeaderLocation' is required");
  }
  for (const [field, types] of Object.entries(GOES_WITH)) {
    const value = member(spot, field);
    if (!value || !INPUT_TYPES.includes(inputType) || types.includes(inputType)) continue;
    unsupported(report, { ...spot, node: value.node }, field);
  }
  if (manifest === 'S3_INVENTORY' && has(spot, 'InputType') && inputType !== 'MANIFEST') {
    unsupported(report, { ...spot, node: member(spot, 'InputType')!.node }, 'InputType');
  }
  if (manifest === 'ATHENA_DATA' && inputType === 'JSON') {
    report.error(
      member(spot, 'InputType')!,
      'Value should be one of the following: [CSV, JSONL, PARQUET]',
    );
  }
  if (textOf(spot, 'Transformation') === 'LOAD_AND_FLATTEN') {
    requireAll(report, spot, ['InputType']);
  }
  if (textOf(spot, 'CSVHeaderLocation') === 'GIVEN') requireAll(report, spot, ['CSVHeaders']);
}

function headers(spot: Spot, context: Context): void {
  if (spot.node.kind === 'string' && context.language === 'JSONata') {
    orExpression(text)(spot, context);
  } else if (isList(context.report, spot)) {
    for (const item of items(spot)) orExpression(text)(item, context);
  }
}

const BATCH_LIMITS: readonly string[] = [
  'MaxItemsPerBatch',
  'MaxItemsPerBatchPath',
  'MaxInputBytesPerBatch',
  'MaxInputBytesPerBatchPath',
];

const BATCHER: Fields = {
  Comment: text,
  MaxItemsPerBatch: orExpression(integer({ min: 1 })),
  MaxItemsPerBatchPath: singlePath,
  MaxInputBytesPerBatch: orExpression(integer({ min: 1 })),
  MaxInputBytesPerBatchPath: singlePath,
  BatchInput: template,
};

export const itemBatcher: Check = (spot, context) => {
  const { report } = context;
  if (!isObject(report, spot)) return;
  checkFields(spot, context, BATCHER);
  atMostOne(report, spot, ['MaxItemsPerBatch', 'MaxItemsPerBatchPath']);
  atMostOne(report, spot, ['MaxInputBytesPerBatch', 'MaxInputBytesPerBatchPath']);
  if (!BATCH_LIMITS.some((name) => has(spot, name))) {
    report.error(
      spot,
      `This object should have at least one of the following fields: [${BATCH_LIMITS.join(', ')}]`,
    );
  }
};

/** What a JSONata Map iterates over: a list, an object, or an expression that gives one. */
export const mapItems: Check = (spot, context) => {
  const { kind } = spot.node;
  if (kind === 'array' || kind === 'object') template(spot, context);
  else orExpression(notIterable)(spot, context);
};

const notIterable: Check = (spot, { report }) =>
  report.error(spot, 'Expected value of type [ARRAY]');

const WRITER_CONFIG: Fields = {
  Transformation: oneOf('NONE', 'COMPACT', 'FLATTEN'),
  OutputType: oneOf('JSON', 'JSONL'),
};

export const resultWriter: Check = (spot, context) => {
  const { report } = context;
  if (!isObject(report, spot)) return;
  checkFields(spot, context, {
    Comment: text,
    Resource: writerResource,
    WriterConfig: writerConfig,
    Parameters: elsewhere,
    Arguments: elsewhere,
  });
  checkInput(spot, context);
  const input = context.language === 'JSONata' ? 'Arguments' : 'Parameters';
  if (has(spot, 'Resource') || has(spot, input)) requireAll(report, spot, ['Resource', input]);
  else if (!has(spot, 'WriterConfig')) requireAll(report, spot, ['Resource', input]);
};

function writerConfig(spot: Spot, context: Context): void {
  if (isObject(context.report, spot)) checkFields(spot, context, WRITER_CONFIG);
}
