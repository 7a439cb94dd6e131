// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import { Button } from './Button';
import { Icon } from './Icon';

/** Copies `text`; `what` names it for people who hear the page ("Copy command"). */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const [result, setResult] = useState<'copied' | 'failed' | null>(null);

  useEffect(() => {
    if (result === null) return;
    const timer = setTimeout(() => setResult(null), 1_800);
    return () => clearTimeout(timer);
  }, [result]);

  const copy = () => {
    // Absent outside a secure context, whatever the type says.
    const clipboard = navigator.clipboard as Clipboard | undefined;
    const done = clipboard ? clipboard.writeText(text) : Promise.reject(new Error('no clipboard'));
    done.then(() => setResult('copied'), () => setResult('failed'));
  };

  return (
    <Button look="quiet" small onClick={copy} aria-label={`Copy ${what}`} title={`Copy ${what}`}>
      <Icon name={result === 'copied' ? 'check' : 'copy'} />
      <span aria-live="polite">{result === 'copied' ? 'Copied' : result === 'failed' ? 'Copying failed' : ''}</span>
    </Button>
  );
}
