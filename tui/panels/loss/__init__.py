"""The loss panel: the curves of the losses over the steps, drawn by plotext."""
