"""What buyers and the house say to each other about one matter."""
