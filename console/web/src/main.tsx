// SPDX-License-Identifier: Apache-2.0
import './ui/fonts.css';
import './ui/tokens.css';
import './ui/base.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import { makeRouter } from './app/router';
import { makeQueryClient } from './api/query_client';

const client = makeQueryClient();
const router = makeRouter();
const element = document.getElementById('root');
if (!element) throw new Error('index.html has no #root');

createRoot(element).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <App router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
