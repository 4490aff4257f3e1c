/** Tabs, all of them in sight, moved through with the arrow keys; of a page or of a narrow panel. */
import { type KeyboardEvent, type ReactNode, useId, useState } from 'react';
import './tabs.css';

export interface Tab {
  readonly id: string;
  readonly label: string;
  readonly content: ReactNode;
}

interface Props {
  readonly tabs: readonly Tab[];
  readonly isPanel?: boolean;
  /** With `onChoose`, where the choice is kept elsewhere; else the tabs keep it. */
  readonly chosen?: string | undefined;
  readonly onChoose?: (id: string) => void;
}

/** Where nothing is chosen, or what is no more, the first one is shown. */
export function Tabs({ tabs, isPanel = false, chosen, onChoose }: Props): ReactNode {
  const [own, setOwn] = useState('');
  const base = useId();
  const active = tabs.find((tab) => tab.id === (chosen ?? own)) ?? tabs[0];
  if (!active) return null;
  const choose = onChoose ?? setOwn;
  const onKey = (event: KeyboardEvent<HTMLElement>): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = tabs[(tabs.indexOf(active) + step + tabs.length) % tabs.length]!;
    choose(next.id);
    document.getElementById(`${base}${next.id}`)?.focus();
  };
  return (
    <div className={isPanel ? 'tabs panel-tabs' : 'tabs page-tabs'}>
      <div role="tablist" onKeyDown={onKey}>
        {tabs.map((tab) => (
          <button
            key={tab.id}
            id={`${base}${tab.id}`}
            type="button"
            role="tab"
            aria-selected={tab === active}
            aria-controls={`${base}panel`}
            tabIndex={tab === active ? 0 : -1}
            data-testid={`tab-${tab.id}`}
            onClick={() => choose(tab.id)}
          >
            {tab.label}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${base}panel`} aria-labelledby={`${base}${active.id}`}>
        {active.content}
      </div>
    </div>
  );
}
