// SPDX-License-Identifier: Apache-2.0
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { hostsQuery } from '../hosts/queries';
import styles from './filterbar.module.css';

interface Props {
  value: string;
  onChange: (host: string) => void;
}

const suggestion_limit = 200;

/** A host by name, with suggestions. A text field, because a fleet does not fit in a menu. */
export function HostFilter({ value, onChange }: Props) {
  const [text, setText] = useState(value);
  const list_id = useId();
  const names = useQuery(hostsQuery).data?.map((host) => host.name) ?? [];
  const commit = (typed: string) => {
    if (typed.trim() !== value) onChange(typed);
  };

  return (
    <>
      <input className={styles.field} aria-label="Host" placeholder="Any host" list={list_id} value={text} data-set={value !== ''}
        spellCheck={false} autoComplete="off"
        onChange={(event) => {
          setText(event.target.value);
          // Picking a suggestion, or emptying the field, needs no Enter.
          if (event.target.value === '' || names.includes(event.target.value)) commit(event.target.value);
        }}
        onBlur={() => commit(text)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit(text);
        }} />
      <datalist id={list_id}>
        {names.slice(0, suggestion_limit).map((name) => <option key={name} value={name} />)}
      </datalist>
    </>
  );
}
