import './es-app.js';
