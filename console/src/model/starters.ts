/** What the editor starts with: a small workflow that runs as it is. */
export function starterDefinition(functionArn: string | undefined): string {
  const work = functionArn
    ? {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke',
        Parameters: { FunctionName: functionArn, 'Payload.$': '$' },
        Retry: [
          { ErrorEquals: ['Lambda.TooManyRequestsException'], IntervalSeconds: 1, MaxAttempts: 3 },
        ],
        End: true,
      }
    : { Type: 'Pass', Result: { greeting: 'Hello' }, End: true };
  const definition = {
    Comment: 'A first workflow',
    StartAt: 'Wait a moment',
    States: {
      'Wait a moment': { Type: 'Wait', Seconds: 1, Next: 'Work' },
      Work: work,
    },
  };
  return JSON.stringify(definition, null, 2);
}
