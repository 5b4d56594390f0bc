from .demand import Demand, DemandCounter
from .resource import Resource

__all__ = ["Demand", "DemandCounter", "Resource"]
