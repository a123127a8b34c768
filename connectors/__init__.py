"""The two edges: HTTP in, HTTP out. Knows no Kafka."""
