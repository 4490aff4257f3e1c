import { describe, expect, it } from 'vitest';
import { checkDefinition } from './definition-file.ts';
import { readSubstitutions, templateSubstitutions } from './substitutions.ts';

const task = (resource: string, more: object = {}): string =>
  JSON.stringify({
    StartAt: 'A',
    States: { A: { Type: 'Task', Resource: resource, End: true, ...more } },
  });
const check = (text: string, given: readonly string[] = [], file = 'x.asl.json') =>
  checkDefinition(file, text, 'STANDARD', readSubstitutions(given));
const resourceOf = (text: string, given: readonly string[] = []): unknown => {
  const { definition, findings } = check(text, given);
  expect(findings).toEqual([]);
  return JSON.parse(definition!).States.A.Resource;
};
const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:f';

describe('placeholders of a definition', () => {
  it('in a Resource stand for a function of that name until they are given', () => {
    const text = task('${WorkFunctionArn}');
    expect(resourceOf(text)).toBe('arn:aws:lambda:us-east-1:000000000000:function:WorkFunctionArn');
    expect(resourceOf(text, [`WorkFunctionArn=${ARN}`])).toBe(ARN);
  });

  it('may be part of a text, and pseudo parameters have values', () => {
    expect(resourceOf(task('arn:${AWS::Partition}:states:::sqs:sendMessage'))).toBe(
      'arn:aws:states:::sqs:sendMessage',
    );
    const text = task('arn:aws:states:::sqs:sendMessage', {
      Parameters: { QueueUrl: 'https://${Host}/q', MessageBody: '${Other}' },
    });
    const { definition } = check(text, ['Host=h=1']);
    expect(JSON.parse(definition!).States.A.Parameters).toEqual({
      QueueUrl: 'https://h=1/q',
      MessageBody: '${Other}',
    });
  });

  it('leave diagnostics at their place, in JSON and in YAML', () => {
    const yaml =
      'StartAt: A\nStates:\n  A:\n    Type: Task\n    Resource: ${Fn}\n    TimeoutSeconds: -1\n    End: true\n';
    expect(check(yaml, [], 'x.yaml').findings).toMatchObject([{ line: 6 }]);
    const json = task('${Fn}').replace('"End"', '\n"TimeoutSeconds":-1,"End"');
    expect(check(json).findings).toMatchObject([{ line: 2 }]);
  });

  it('without a name are refused with the option', () => {
    expect(() => readSubstitutions(['x'])).toThrow('--substitute must be Name=Value: x');
  });
});

describe('what a SAM template substitutes', () => {
  const template = `
Resources:
  Fn:
    Type: AWS::Serverless::Function
  One:
    Type: AWS::Serverless::StateMachine
    Properties:
      DefinitionUri: flows/one.asl.json
      DefinitionSubstitutions:
        FnArn: !GetAtt Fn.Arn
        Long:
          Fn::GetAtt: [Fn, Arn]
        Table: !Ref Table
        Url: !Sub "https://\${AWS::Region}/\${Table}"
        Count: 3
  Two:
    Type: AWS::Serverless::StateMachine
    Properties:
      DefinitionUri: flows/two.asl.json
`;

  it('is read of the machine whose definition it is', () => {
    const found = templateSubstitutions('t/template.yaml', template, 't/flows/one.asl.json');
    const fn = 'arn:aws:lambda:us-east-1:000000000000:function:Fn';
    expect(Object.fromEntries(found)).toEqual({
      FnArn: fn,
      Long: fn,
      Table: 'Table',
      Url: 'https://us-east-1/Table',
      Count: '3',
    });
    expect(templateSubstitutions('t/template.yaml', template, 't/flows/two.asl.json').size).toBe(0);
  });

  it('is refused with what is missing', () => {
    expect(() => templateSubstitutions('t.yaml', template, 'flows/three.asl.json')).toThrow(
      'no state machine of t.yaml has flows/three.asl.json as its DefinitionUri',
    );
    expect(() => templateSubstitutions('t.yaml', 'Resources: {}', 'x')).toThrow(
      't.yaml has no state machine',
    );
    expect(() => templateSubstitutions('t.yaml', 'a: [', 'x')).toThrow('cannot read t.yaml');
  });
});
