// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState, type Ref } from 'react';
import { Icon } from '../ui/Icon';
import styles from './filterbar.module.css';

interface Props {
  value: string;
  label?: string;
  placeholder?: string;
  onSearch: (text: string) => void;
  ref: Ref<HTMLInputElement>;
}

const typing_pause_ms = 250;

/** Searches when the typing pauses, or at once on Enter. The search itself is the console's. */
export function SearchField({ value, label = 'Search incidents', placeholder = 'Search user, path, artifact…', onSearch, ref }: Props) {
  const [text, setText] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  const searchSoon = (typed: string, pause_ms: number) => {
    clearTimeout(timer.current);
    setText(typed);
    timer.current = setTimeout(() => onSearch(typed), pause_ms);
  };

  return (
    <div className={styles.search}>
      <Icon name="search" />
      <input ref={ref} type="search" aria-label={label} value={text} placeholder={placeholder} spellCheck={false}
        autoComplete="off" onChange={(event) => searchSoon(event.target.value, typing_pause_ms)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') searchSoon(text, 0);
          if (event.key === 'Escape' && text === '') event.currentTarget.blur();
        }} />
      <kbd className={styles.key} aria-hidden="true">/</kbd>
    </div>
  );
}
