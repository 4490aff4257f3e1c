/** One of several, in a list that opens. */
import Select from '@cloudscape-design/components/select';
import type { ReactNode } from 'react';
import 'virtual:theme.css';

export interface Option {
  readonly value: string;
  readonly label: string;
  /** At the right end of the option. */
  readonly tag?: string;
  readonly description?: string;
}

interface Props {
  readonly options: readonly Option[];
  /** Of one of the options; with any other the placeholder is shown. */
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Read aloud; where a Labelled around it has the label, it gives the `id`. */
  readonly label?: string;
  readonly id?: string;
  readonly placeholder?: string;
  /** With a field that narrows the list: where there may be hundreds. */
  readonly isSearchable?: boolean;
  readonly isDisabled?: boolean;
  readonly testId?: string;
}

export function Choice(props: Props): ReactNode {
  const { value, onChange, label, testId } = props;
  const options = props.options.map(({ tag, ...option }) => ({
    ...option,
    ...(tag ? { labelTag: tag } : {}),
  }));
  return (
    <Select
      options={options}
      selectedOption={options.find((option) => option.value === value) ?? null}
      placeholder={props.placeholder ?? ''}
      disabled={props.isDisabled ?? false}
      filteringType={props.isSearchable ? 'auto' : 'none'}
      // A list inside a narrow panel is not to be cut by it.
      expandToViewport
      onChange={({ detail }) => onChange(detail.selectedOption.value ?? '')}
      {...(props.id ? { controlId: props.id } : {})}
      {...(label ? { ariaLabel: label } : {})}
      {...(testId ? { 'data-testid': testId } : {})}
    />
  );
}
