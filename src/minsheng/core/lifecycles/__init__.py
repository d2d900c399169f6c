"""The one path of every change of what is no order: `actions.apply`; and what a feature brings for it: `kinds.Kind`."""
