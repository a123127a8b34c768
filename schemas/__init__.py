"""What travels between the stages: records, their Avro schemas, the codec and the error tree."""
