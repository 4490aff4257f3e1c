/** The dialog that starts an execution. */
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { tryParseJson } from '../../../../src/ground/json.ts';
import { call } from '../../api/call.ts';
import { executionPath } from '../../model/paths.ts';
import { JsonEditor } from '../json/json-editor.tsx';
import { ErrorNotice } from '../ui/basics.tsx';

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
      call<{ executionArn: string }>('states', 'StartExecution', {
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
    <Modal
      visible
      size="large"
      onDismiss={onClose}
      header={`New execution of ${machineName}`}
      closeAriaLabel="Close"
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Cancel
            </Button>
            <Button
              variant="primary"
              disabled={!isJson}
              loading={start.isPending}
              onClick={() => start.mutate()}
              data-testid="start-execution"
            >
              Start execution
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <FormField label="Name" description="Leave it empty for a generated one.">
          <Input
            value={name}
            onChange={({ detail }) => setName(detail.value)}
            placeholder="Generated"
            spellcheck={false}
            data-testid="execution-name"
          />
        </FormField>
        <FormField label="Input" stretch errorText={isJson ? undefined : 'This is not JSON.'}>
          <JsonEditor value={text} onChange={setText} label="Input" height="300px" />
        </FormField>
        {start.error && <ErrorNotice error={start.error} />}
      </SpaceBetween>
    </Modal>
  );
}

function pretty(text: string): string {
  const value = tryParseJson(text);
  return value === undefined ? text : JSON.stringify(value, null, 2);
}
