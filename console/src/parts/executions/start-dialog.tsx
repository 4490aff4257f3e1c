/** The dialog that starts an execution. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { tryParseJson } from '../../../../src/ground/json.ts';
import { call } from '../../api/call.ts';
import { executionPath } from '../../model/paths.ts';
import { placeOfArn } from '../../model/place.ts';
import { JsonEditor } from '../json/json-editor.tsx';
import { ErrorNotice } from '../ui/basics.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { FieldError, Labelled } from '../ui/labelled.tsx';
import { TextField } from '../ui/text-field.tsx';

interface Props {
  readonly machineArn: string;
  readonly machineName: string;
  /** To start from: the input of another execution. */
  readonly input?: string;
  readonly onClose: () => void;
}

/** Starts an execution with an input that can be edited, and goes to it. */
export function StartDialog({ machineArn, machineName, input, onClose }: Props): ReactNode {
  const [text, setText] = useState(() => pretty(input ?? '{}'));
  const [name, setName] = useState('');
  const navigate = useNavigate();
  const client = useQueryClient();
  const isJson = tryParseJson(text) !== undefined;
  const start = useMutation({
    mutationFn: () =>
      call(placeOfArn(machineArn), 'states', 'StartExecution', {
        stateMachineArn: machineArn,
        input: text,
        ...(name.trim() ? { name: name.trim() } : {}),
      }),
    onSuccess: async ({ executionArn }) => {
      onClose();
      client.invalidateQueries({ queryKey: ['executions'] });
      await navigate({ to: executionPath(executionArn) });
    },
  });
  return (
    <Dialog
      isLarge
      title={`New execution of ${machineName}`}
      onClose={onClose}
      action={
        <Button
          kind="primary"
          isDisabled={!isJson}
          isBusy={start.isPending}
          onClick={() => start.mutate()}
          testId="start-execution"
        >
          Start execution
        </Button>
      }
    >
      <Labelled label="Name" help="Leave it empty for a generated one.">
        {(id) => (
          <TextField
            id={id}
            value={name}
            onChange={setName}
            placeholder="Generated"
            testId="execution-name"
          />
        )}
      </Labelled>
      <div>
        <div className="field-label">Input</div>
        <JsonEditor value={text} onChange={setText} label="Input" height="300px" />
        <FieldError text={isJson ? undefined : 'This is not JSON.'} />
      </div>
      {start.error && <ErrorNotice error={start.error} />}
    </Dialog>
  );
}

function pretty(text: string): string {
  const value = tryParseJson(text);
  return value === undefined ? text : JSON.stringify(value, null, 2);
}
