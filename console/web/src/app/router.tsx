// SPDX-License-Identifier: Apache-2.0
// The addresses of the page: /incidents, /incidents/INC-000042, /hosts, /audit. Filters are plain search parameters.
import {
  createRootRouteWithContext, createRoute, createRouter, Link, Outlet, redirect, useParams, useSearch, type RouterHistory,
} from '@tanstack/react-router';
import type { Session } from '../api/types';
import { parseAuditFilters } from '../audit/actions';
import { AuditPage } from '../audit/AuditPage';
import { HostsPage } from '../hosts/HostsPage';
import { parseFilters } from '../incidents/filters';
import { IncidentsPage } from '../incidents/IncidentsPage';
import { Notice } from '../ui/Notice';
import { Header } from './Header';
import { parseSearch, stringifySearch } from './search';

const root = createRootRouteWithContext<{ session: Session }>()({
  component: function Frame() {
    const { session } = root.useRouteContext();
    return (
      <>
        <Header session={session} />
        <Outlet />
      </>
    );
  },
  notFoundComponent: () => (
    <main>
      <Notice title="There is no such page" action={<Link to="/incidents">Go to the incidents</Link>}>
        The address may be misspelt, or from another version of the console.
      </Notice>
    </main>
  ),
});

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- how this router redirects
    throw redirect({ to: '/incidents', replace: true });
  },
});

// The detail is a child of the list, so that opening it does not rebuild the table.
const incidents = createRoute({
  getParentRoute: () => root,
  path: '/incidents',
  validateSearch: parseFilters,
  component: function Incidents() {
    const filters = useSearch({ from: '/incidents' });
    const { id } = useParams({ strict: false });
    return <IncidentsPage filters={filters} open_id={id ?? null} />;
  },
});

const incident = createRoute({ getParentRoute: () => incidents, path: '$id' });

const audit = createRoute({
  getParentRoute: () => root,
  path: '/audit',
  validateSearch: parseAuditFilters,
  component: function Audit() {
    const { session } = root.useRouteContext();
    return <AuditPage filters={useSearch({ from: '/audit' })} is_admin={session.role === 'admin'} />;
  },
});

const hosts = createRoute({ getParentRoute: () => root, path: '/hosts', component: HostsPage });

/** The router of one page; `history` is the browser's unless a test brings its own. */
export function makeRouter(history?: RouterHistory) {
  return createRouter({
    routeTree: root.addChildren([home, incidents.addChildren([incident]), hosts, audit]),
    context: { session: { username: '', role: '' } },
    parseSearch,
    stringifySearch,
    ...(history ? { history } : {}),
  });
}

export type AppRouter = ReturnType<typeof makeRouter>;

declare module '@tanstack/react-router' {
  interface Register {
    router: AppRouter;
  }
}
