"""Where everything meets: settings and addresses, commands, demonstration cities."""
