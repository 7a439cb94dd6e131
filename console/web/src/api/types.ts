// SPDX-License-Identifier: Apache-2.0
// The shapes of docs/rest-api.md. Each schema checks one answer at the edge; the types follow from the schemas,
// so that the page cannot hold a value of another shape. Times are Unix milliseconds, sizes are bytes.
import * as v from 'valibot';

export const levels = ['informational', 'low', 'medium', 'high', 'critical'] as const;
export const verdicts = ['alert', 'throttle', 'block', 'kill'] as const;

const count = v.pipe(v.number(), v.minValue(0));
const text_or_empty = v.pipe(v.nullish(v.string(), ''), v.string());

export const SessionSchema = v.object({ username: v.string(), role: v.string() });

export const ArtifactRefSchema = v.object({
  id: v.string(),
  name: v.string(),
  kind: v.string(),
  class: v.string(),
  label: text_or_empty, // confirmed, derived
});

export const DeviceSchema = v.object({
  vendor: text_or_empty,
  product: text_or_empty,
  serial: text_or_empty,
  node: text_or_empty,
});

export const DestinationSchema = v.object({ ip: v.string(), domain: v.optional(v.string(), ''), port: count, transport: v.string() });

export const SinkSchema = v.object({
  kind: v.picklist(['removable', 'network', 'network-filesystem', 'bluetooth', 'device', 'read']),
  device: v.nullable(DeviceSchema),
  destination: v.nullable(DestinationSchema),
});

export const ProcessSchema = v.object({
  pid: count,
  name: v.string(),
  executable: v.string(),
  args: v.array(v.string()),
});

export const IncidentSchema = v.object({
  id: v.string(),
  number: count,
  title: v.string(),
  rule_id: v.string(),
  level: v.picklist(levels),
  verdict: v.picklist(verdicts),
  status: v.string(),
  host: v.object({ id: v.string(), name: v.string() }),
  user: v.object({ id: count, name: text_or_empty, login_name: text_or_empty }),
  process: ProcessSchema,
  artifact: v.nullable(ArtifactRefSchema),
  sink: v.nullable(SinkSchema),
  operation: v.string(),
  path: text_or_empty,
  bytes_requested: count,
  bytes_out: count,
  budget_bytes: count,
  count,
  first_ms: v.number(),
  last_ms: v.number(),
  received_ms: v.number(),
});

export const IncidentEventSchema = v.object({
  sequence: count,
  time_ms: v.number(),
  operation: v.string(),
  path: text_or_empty,
  bytes_requested: count,
  count,
});

export const IncidentDetailSchema = v.object({
  ...IncidentSchema.entries,
  message: text_or_empty,
  bundle_version: count,
  ancestors: v.array(ProcessSchema),
  artifacts: v.array(ArtifactRefSchema),
  events: v.array(IncidentEventSchema),
});

export const IncidentPageSchema = v.object({
  incidents: v.array(IncidentSchema),
  next_cursor: v.nullable(v.string()),
  total: count,
});

export const HostSchema = v.object({
  id: v.string(),
  name: v.string(),
  last_seen_ms: v.number(),
  online: v.boolean(),
  revoked: v.optional(v.boolean(), false),
  certificate_days_left: v.number(),
  sensor: text_or_empty,
  kernel: text_or_empty,
  agent_version: text_or_empty,
  bundle_version: count,
  bundle_error: text_or_empty,
  blind_spots: v.array(v.string()),
  counters: v.record(v.string(), count),
});

export const HostListSchema = v.object({ hosts: v.array(HostSchema) });

export const AuditEntrySchema = v.object({
  number: count,
  time_ms: v.number(),
  actor: text_or_empty,
  address: text_or_empty,
  action: v.string(),
  object: text_or_empty,
  detail: text_or_empty,
});

export const AuditPageSchema = v.object({
  entries: v.array(AuditEntrySchema),
  next_cursor: v.nullable(v.string()),
  total: count,
});

export const ErrorBodySchema = v.object({ error: v.object({ code: v.string(), message: v.string() }) });

export type Level = (typeof levels)[number];
export type Verdict = (typeof verdicts)[number];
export type Session = v.InferOutput<typeof SessionSchema>;
export type ArtifactRef = v.InferOutput<typeof ArtifactRefSchema>;
export type Sink = v.InferOutput<typeof SinkSchema>;
export type Process = v.InferOutput<typeof ProcessSchema>;
export type Incident = v.InferOutput<typeof IncidentSchema>;
export type IncidentEvent = v.InferOutput<typeof IncidentEventSchema>;
export type IncidentDetail = v.InferOutput<typeof IncidentDetailSchema>;
export type IncidentPage = v.InferOutput<typeof IncidentPageSchema>;
export type AuditEntry = v.InferOutput<typeof AuditEntrySchema>;
export type AuditPage = v.InferOutput<typeof AuditPageSchema>;
export type Host = v.InferOutput<typeof HostSchema>;
