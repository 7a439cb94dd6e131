// SPDX-License-Identifier: Apache-2.0
import { Button } from './Button';
import styles from './datatable.module.css';
import { formatCount } from './format';
import { Icon } from './Icon';

/** Says that rows arrived above what is in view, and takes the reader there. */
export function NewAbove({ count, onShow }: { count: number; onShow: () => void }) {
  return (
    <div className={styles.above} aria-live="polite">
      {count > 0 ? (
        <Button look="primary" small onClick={onShow}>
          <Icon name="up" size={12} /> {formatCount(count)} new
        </Button>
      ) : null}
    </div>
  );
}
