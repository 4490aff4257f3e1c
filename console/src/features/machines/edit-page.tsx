/** Changing the definition of a state machine. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { StateMachine } from '../../api/types.ts';
import { usePathParam } from '../../parts/page/address.ts';
import { Page } from '../../parts/page/page.tsx';
import { ErrorNotice, Skeleton } from '../../parts/ui/basics.tsx';
import { type Draft, Editor } from './editor.tsx';
import { machineQuery } from './queries.ts';
import { UNDER_MACHINES } from './under.ts';

export function EditPage(): ReactNode {
  const query = useQuery(machineQuery(usePathParam('arn')));
  if (!query.data) {
    return (
      <Page title="Edit state machine" under={UNDER_MACHINES}>
        {query.error ? <ErrorNotice error={query.error} /> : <Skeleton lines={10} />}
      </Page>
    );
  }
  return (
    <Editor
      title={`Edit ${query.data.name}`}
      save="Save"
      start={toDraft(query.data)}
      arn={query.data.stateMachineArn}
    />
  );
}

function toDraft(machine: StateMachine): Draft {
  return {
    name: machine.name,
    type: machine.type,
    definition: machine.definition,
    roleArn: machine.roleArn,
    tracing: machine.tracingConfiguration?.enabled ?? false,
  };
}
