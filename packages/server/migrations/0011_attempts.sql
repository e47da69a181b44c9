-- The journal: what was asked of the platform for a delivery, and what came of it. No secrets: addresses are cut to their
-- plain parts before they come here. Whatever a step asked is written with what came of the step.

create table attempts (
  tenant_id uuid not null,
  delivery_id uuid not null,
  -- Drawn under the lock of the delivery's row.
  n integer not null,
  -- When it began.
  at timestamptz not null,
  -- Which of the delivery's changing calls it belongs to: `deliveries.attempts` of then.
  attempt integer not null,
  -- Null: nothing was asked. What was decided without it is in `code`.
  call text check (call in ('prepare', 'send', 'commit', 'check')),
  method text,
  host text,
  path text,
  status smallint,
  -- The platform's own, of its answer's headers.
  request_id text,
  duration_ms integer,
  bytes bigint,
  -- `began`: whoever asked stopped before it could write what came of it.
  verdict text not null check (verdict in ('answered', 'refused', 'lost', 'began', 'waits', 'ended')),
  code text,
  message text,
  primary key (delivery_id, n),
  foreign key (tenant_id, delivery_id) references deliveries (tenant_id, id) on delete cascade
);
