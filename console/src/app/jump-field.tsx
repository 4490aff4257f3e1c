/** The field that takes you to what you paste: an ARN, a trace id, or a name. */
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { leadTo } from '../features/jump.ts';
import { FEATURES } from '../features/list.ts';
import { usePlace } from '../parts/page/place.ts';
import { Icon } from '../parts/ui/icons.tsx';

export function JumpField(): ReactNode {
  const [text, setText] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const navigate = useNavigate();
  const client = useQueryClient();
  const place = usePlace();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        input.current?.focus();
        input.current?.select();
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);

  const go = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const query = text.trim();
    if (!query) return;
    const target = await leadTo(query, FEATURES, client, place);
    if (!target) return;
    setText('');
    input.current?.blur();
    await navigate({ to: target.path, search: target.search ?? {} });
  };
  return (
    <form className="jump" onSubmit={go}>
      <Icon name="search" size={14} />
      <input
        ref={input}
        value={text}
        onChange={(event) => setText(event.target.value)}
        placeholder="Jump to…"
        title="An ARN, a trace id, or a name"
        aria-label="Jump to an ARN, a trace id or a name"
        spellCheck={false}
        autoComplete="off"
        data-testid="jump"
      />
      <kbd>Ctrl K</kbd>
    </form>
  );
}
