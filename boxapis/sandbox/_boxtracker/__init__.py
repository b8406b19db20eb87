"""The stand-in of Box Tracker."""
