-- Why everybody of an app or of an account waits: the words of whoever was refused. Null: usage headers asked for it, and nobody was.
alter table apps add parked_for jsonb;
alter table accounts add parked_for jsonb;
