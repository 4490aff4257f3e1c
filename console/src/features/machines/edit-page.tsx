/** Changing the definition of a state machine. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { placeOfArn } from '../../model/place.ts';
import { usePathParam } from '../../parts/page/address.ts';
import { WhenRead } from '../../parts/page/resource-page.tsx';
import { Editor } from './editor.tsx';
import { machineQuery } from './queries.ts';
import { UNDER_MACHINES } from './under.ts';

export function EditPage(): ReactNode {
  const arn = usePathParam('arn');
  return (
    <WhenRead query={useQuery(machineQuery(arn))} title="Edit state machine" under={UNDER_MACHINES}>
      {(machine) => (
        <Editor
          title={`Edit ${machine.name}`}
          save="Save"
          place={placeOfArn(arn)}
          arn={arn}
          start={{
            name: machine.name,
            type: machine.type,
            definition: machine.definition,
            roleArn: machine.roleArn,
            tracing: machine.tracingConfiguration?.enabled ?? false,
          }}
        />
      )}
    </WhenRead>
  );
}
