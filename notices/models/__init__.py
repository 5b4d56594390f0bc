from .delivery import Channel, DeliveredNotice, Delivery
from .notice import Notice

__all__ = ["Channel", "DeliveredNotice", "Delivery", "Notice"]
