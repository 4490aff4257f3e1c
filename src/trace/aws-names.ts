/**
 * One spelling for the AWS services that subsegments name. Each X-Ray SDK names a call as its AWS
 * SDK does: `DynamoDB` (Node, Java), `dynamodb` (Python: the endpoint's prefix), `Secrets Manager`
 * (service ids). Names are compared without regard to case, blanks and punctuation; a name that is
 * not here stays as it was sent.
 */
const SPELLINGS: readonly string[] = [
  'APIGateway',
  'Athena',
  'Batch',
  'Bedrock',
  'CloudFormation',
  'CloudWatch',
  'CloudWatchLogs',
  'Comprehend',
  'DynamoDB',
  'EC2',
  'ECR',
  'ECS',
  'EventBridge',
  'Events',
  'Firehose',
  'Glue',
  'IAM',
  'Kinesis',
  'KMS',
  'Lambda',
  'Rekognition',
  'S3',
  'SageMaker',
  'Scheduler',
  'SecretsManager',
  'Sfn',
  'SNS',
  'SQS',
  'SSM',
  'StepFunctions',
  'STS',
  'Textract',
  'Translate',
  'XRay',
];

/** Endpoint prefixes and older client names that are no spelling of the service's name. */
const OTHERS: Readonly<Record<string, string>> = {
  logs: 'CloudWatchLogs',
  monitoring: 'CloudWatch',
  states: 'StepFunctions',
};

const letters = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

const KNOWN: ReadonlyMap<string, string> = new Map([
  ...SPELLINGS.map((name) => [letters(name), name] as const),
  ...Object.entries(OTHERS),
]);

/** The usual spelling of a service's name: `dynamodb` and `Dynamo DB` are `DynamoDB`. */
export function awsServiceName(name: string): string {
  const plain = letters(name);
  return KNOWN.get(plain) ?? KNOWN.get(plain.replace(/^(amazon|aws)/, '')) ?? name;
}
