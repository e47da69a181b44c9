-- A token that is renewed for a delivery is a line of its journal.
alter domain attempt_call drop constraint attempt_call_check;
alter domain attempt_call add check (value in ('prepare', 'send', 'commit', 'check', 'renew'));
