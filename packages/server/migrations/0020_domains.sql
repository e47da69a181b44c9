-- A table's CHECK is kept as text, which each statement that writes parses again: of a step that was an eighth. A domain's is kept parsed.
-- First without conditions, so that no row is written anew; then each condition, which only reads.
create domain delivery_status as text;
create domain delivery_stage as text;
create domain delivery_doubt as text;
create domain delivery_stop as text;
create domain attempt_call as text;
create domain attempt_verdict as text;
create domain upload_status as text;
create domain quota_units as integer;

-- A column that a trigger names keeps its type.
drop trigger deliveries_changed on deliveries;
alter table deliveries
  drop constraint deliveries_status_check, alter status type delivery_status,
  drop constraint deliveries_stage_check, alter stage type delivery_stage,
  drop constraint deliveries_doubt_check, alter doubt type delivery_doubt,
  drop constraint deliveries_stop_check, alter stop type delivery_stop;
create trigger deliveries_changed after update of status, stage, sent, failure, remote_id, remote_url, due_at, title,
    description, options, stop, lease, ask_at, alone_since on deliveries
  for each row execute function delivery_changed();
alter table attempts
  drop constraint attempts_call_check, alter call type attempt_call,
  drop constraint attempts_verdict_check, alter verdict type attempt_verdict;
drop trigger uploads_changed on uploads;
alter table uploads drop constraint uploads_status_check, alter status type upload_status;
create trigger uploads_changed after update of title, status, scheduled_on, timezone, wishes, dismissed_at on uploads
  for each row execute function record_upload();
alter table quotas
  drop constraint quotas_reserved_check, alter reserved type quota_units,
  drop constraint quotas_used_check, alter used type quota_units;

alter domain delivery_status add check (value in ('scheduled', 'running', 'uploaded', 'failed', 'canceled'));
alter domain delivery_stage add check (value in ('prepare', 'transfer', 'processing', 'ready', 'committed'));
alter domain delivery_doubt add check (value in ('prepare', 'send', 'commit'));
alter domain delivery_stop add check (value in ('cancel', 'unlink'));
alter domain attempt_call add check (value in ('prepare', 'send', 'commit', 'check'));
alter domain attempt_verdict add check (value in ('answered', 'refused', 'lost', 'began', 'waits', 'ended'));
alter domain upload_status add check (value in ('Scheduled', 'Processing', 'Uploaded', 'Failed', 'Canceled'));
alter domain quota_units add check (value >= 0);
