"""What the sweeper does: the safety net under wake-up calls, which may get lost."""


class BrokerSilent(Exception):
    """The wake-up calls of this sweep did not get through."""


class Sweeper:
    def sweep(self) -> None:
        """Nothing to do yet."""
