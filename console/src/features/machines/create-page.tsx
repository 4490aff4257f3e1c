/** Writing the definition of a new state machine. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { iamArn } from '../../../../src/ground/arn.ts';
import { functionsQuery } from '../../api/functions.ts';
import { healthQuery } from '../../api/health.ts';
import { starterDefinition } from '../../model/starters.ts';
import { Page } from '../../parts/page/page.tsx';
import { usePlace } from '../../parts/page/place.ts';
import { Skeleton } from '../../parts/ui/basics.tsx';
import { Editor } from './editor.tsx';
import { UNDER_MACHINES } from './under.ts';

export function CreatePage(): ReactNode {
  const place = usePlace();
  const health = useQuery(healthQuery);
  const functions = useQuery(functionsQuery(place));
  // The first definition calls a function that exists, where one does.
  if (health.isPending || functions.isPending) {
    return (
      <Page title="Create state machine" under={UNDER_MACHINES}>
        <Skeleton lines={10} />
      </Page>
    );
  }
  const { account = '000000000000', region = 'us-east-1' } = health.data ?? {};
  const home = { account: place.account ?? account, region: place.region ?? region };
  return (
    <Editor
      title="Create state machine"
      save="Create"
      place={place}
      start={{
        name: '',
        type: 'STANDARD',
        definition: starterDefinition(functions.data?.items[0]?.FunctionArn),
        roleArn: iamArn(home, 'role/steplight'),
        tracing: true,
      }}
    />
  );
}
