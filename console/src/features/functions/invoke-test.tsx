/** Invokes the function with an event and shows what came back, with the tail of its log. */
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { tryParseJson } from '../../../../src/ground/json.ts';
import { call, type Output } from '../../api/call.ts';
import { fromBase64, toBase64 } from '../../model/base64.ts';
import { duration } from '../../model/format.ts';
import { readReport } from '../../model/log-lines.ts';
import { JsonEditor } from '../../parts/json/json-editor.tsx';
import { JsonText } from '../../parts/json/json-view.tsx';
import { LogLines } from '../../parts/logs/log-lines.tsx';
import { usePlace } from '../../parts/page/place.ts';
import { Empty, ErrorNotice, Facts, Panel } from '../../parts/ui/basics.tsx';
import { Button } from '../../parts/ui/button.tsx';

type Answer = Output<'lambda', 'Invoke'>;

/** The last event tried with each function, for the next visit. */
const keyOf = (name: string): string => `steplight.event.${name}`;

export function InvokeTest({ name }: { name: string }): ReactNode {
  const place = usePlace();
  const [text, setText] = useState(
    () => localStorage.getItem(keyOf(name)) ?? '{\n  "key": "value"\n}',
  );
  const isJson = tryParseJson(text) !== undefined;
  const invoke = useMutation({
    mutationFn: async () => {
      localStorage.setItem(keyOf(name), text);
      const from = performance.now();
      const answer = await call(place, 'lambda', 'Invoke', {
        FunctionName: name,
        InvocationType: 'RequestResponse',
        LogType: 'Tail',
        Payload: toBase64(text),
      });
      return { answer, ms: performance.now() - from };
    },
  });
  return (
    <div className="grid-2">
      <Panel
        title="Event"
        side={
          <Button
            kind="primary"
            isDisabled={!isJson}
            isBusy={invoke.isPending}
            onClick={() => invoke.mutate()}
            testId="invoke"
          >
            Invoke
          </Button>
        }
      >
        <JsonEditor value={text} onChange={setText} label="Event" height="340px" />
        {!isJson && <p className="faint">This is not JSON.</p>}
      </Panel>
      <Panel title="Result" testId="invoke-result">
        {invoke.error ? (
          <ErrorNotice error={invoke.error} />
        ) : invoke.data ? (
          <Result answer={invoke.data.answer} ms={invoke.data.ms} />
        ) : (
          <Empty icon="run" title="Not invoked yet">
            <p>The answer, its duration and the tail of the log appear here.</p>
          </Empty>
        )}
      </Panel>
    </div>
  );
}

function Result({ answer, ms }: { answer: Answer; ms: number }): ReactNode {
  const log = answer.LogResult ? fromBase64(answer.LogResult) : '';
  const report = readReport(log);
  return (
    <div className="stack">
      <Facts
        items={[
          ['Outcome', answer.FunctionError ? `${answer.FunctionError} error` : 'OK'],
          ['Round trip', duration(ms)],
          ['Duration', report.durationMs !== undefined ? duration(report.durationMs) : undefined],
          ['Cold start', report.initMs !== undefined ? duration(report.initMs) : undefined],
          ['Memory', report.memoryUsedMb !== undefined ? `${report.memoryUsedMb} MB` : undefined],
        ]}
      />
      <div className={answer.FunctionError ? 'error-text' : ''}>
        <JsonText text={answer.Payload ? fromBase64(answer.Payload) : 'null'} maxHeight="260px" />
      </div>
      {log && (
        <div>
          <div className="field-label">Log tail</div>
          <div className="json" style={{ maxHeight: 260 }}>
            <LogLines
              lines={log
                .split('\n')
                .filter(Boolean)
                .map((message) => ({ message }))}
            />
          </div>
        </div>
      )}
    </div>
  );
}
