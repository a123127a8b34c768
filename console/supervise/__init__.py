"""Running the workers as child processes: started, restarted with backoff, stopped together."""

from console.supervise.supervisor import supervise
from console.supervise.worker import WORKERS, Worker

__all__ = ["WORKERS", "Worker", "supervise"]
