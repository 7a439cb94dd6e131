// SPDX-License-Identifier: Apache-2.0
import { Link } from '@tanstack/react-router';
import { Button } from '../ui/Button';
import { Notice } from '../ui/Notice';

interface Props {
  is_filtered: boolean;
  onClear: () => void;
}

export function NoIncidents({ is_filtered, onClear }: Props) {
  if (is_filtered) {
    return (
      <Notice title="No incident matches" action={<Button onClick={onClear}>Clear all filters</Button>}>
        Search looks at titles, users, hosts, processes, paths, artifacts and destinations. Try fewer words, or clear a filter.
      </Notice>
    );
  }
  return (
    <Notice title="No incidents yet"
      action={<Link to="/hosts">See which hosts are reporting</Link>}>
      <p>
        An incident appears here within seconds of an attempt that a rule blocks or alerts on. If you expected one, check
        that its host is online and has the newest bundle, and that the model is registered.
      </p>
    </Notice>
  );
}
