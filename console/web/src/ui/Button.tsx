// SPDX-License-Identifier: Apache-2.0
import type { ButtonHTMLAttributes } from 'react';
import styles from './button.module.css';

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: 'plain' | 'primary' | 'quiet';
  small?: boolean;
}

export function Button({ look = 'plain', small = false, type = 'button', className = '', ...rest }: Props) {
  const classes = [styles.button, look === 'plain' ? '' : styles[look], small ? styles.small : '', className];
  return <button type={type} className={classes.filter(Boolean).join(' ')} {...rest} />;
}
