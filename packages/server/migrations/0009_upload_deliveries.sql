-- All deliveries of an upload, what follows its posts included: the uniqueness of 0002 served this until 0006 divided it.
create index deliveries_upload on deliveries (upload_id);
