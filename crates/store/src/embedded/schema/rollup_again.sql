-- Roll-ups count spans now, too. They are made again from the rows, which hold all that they say.
DELETE FROM rollup_hours;
DELETE FROM rollup;
